import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** The settings that say how clients reach the server. */
interface Reached {
  tls: unknown;
  origin: string | undefined;
}

/** Whether clients reach the server over TLS, be it the server's own or a proxy's. */
export function isHttps(config: Reached): boolean {
  return config.tls !== undefined || (config.origin?.startsWith('https:') ?? false);
}

/** Headers on every answer: nothing is loaded, framed or run but the pages' own style, font and script. */
export async function registerSecurityHeaders(app: FastifyInstance, config: Reached): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        scriptSrc: ["'self'"],
        fontSrc: ["'self'"],
        imgSrc: ["'self'"],
        // Streams of events.
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    hsts: isHttps(config) ? { maxAge: 31_536_000 } : false,
    // "no-referrer" would make browsers send "Origin: null" with our own forms.
    referrerPolicy: { policy: 'same-origin' },
  });
}
