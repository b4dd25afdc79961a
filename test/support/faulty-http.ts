import { fetchHttpClient } from '../../main/adapters/http-client.ts';
import { HttpUnreachable } from '../../main/core/ports/http.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../../main/core/ports/http.ts';

/**
 * What goes wrong with a request: it is never sent; its answer is lost on the way back; or it is held until it is
 * given up.
 */
export type Fault = 'not_sent' | 'answer_lost' | 'held';

/**
 * The app's own HTTP client in front of a real server, with a network between them that fails when it is told to:
 * a real network cannot be made to lose the answer to one request.
 */
export class FaultyHttp implements HttpClient {
  readonly #real = fetchHttpClient(fetch);
  /** Decides on each request by its method and path, such as `DELETE /v1/keys/…`. */
  fault: (request: string) => Fault | null = () => null;
  /** What was asked for so far. */
  readonly requests: string[] = [];
  /** Called when a request is held. */
  onHeld: () => void = () => undefined;
  /** Changes what a service answers, for services that are not ours. */
  answer: (request: string, response: HttpResponse) => HttpResponse = (_request, response) => response;

  async request(request: HttpRequest): Promise<HttpResponse> {
    const what = `${request.method} ${new URL(request.url).pathname}`;
    const fault = this.fault(what);
    this.requests.push(what);
    if (fault === 'held') {
      await new Promise((resolve) => {
        request.signal?.addEventListener('abort', resolve);
        this.onHeld();
      });
    }
    if (fault === 'not_sent' || fault === 'held') throw new HttpUnreachable(fault);
    const response = await this.#real.request(request);
    if (fault === 'answer_lost') throw new HttpUnreachable(fault);
    return this.answer(what, response);
  }
}
