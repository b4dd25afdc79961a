import {
  AppWindow,
  Box,
  ClipboardPaste,
  KeyRound,
  Server,
  TextCursorInput,
  Timer,
  type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { DiscoveredService } from '../../../contracts/ipc/contexts.ts';
import { durationWords } from '../../lib/format.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/page.tsx';
import { ClockNotice } from './clock-notice.tsx';
import css from './service-card.module.css';

interface ServiceCardProps {
  service: DiscoveredService;
  onChange: () => void;
}

/** What a service says of itself. */
export function ServiceCard({ service, onChange }: ServiceCardProps): ReactNode {
  const takesKeys = service.methods.includes('key');
  return (
    <Card>
      <div className="kh-stack">
        <div className={css['head']}>
          <span className={css['icon']}>
            <Server />
          </span>
          <div className={css['names']}>
            <h2 className={css['name']}>{service.name}</h2>
            <p className={css['origin']}>
              <Breakable>{service.origin}</Breakable>
            </p>
          </div>
          <Button size="small" onClick={onChange}>
            Change address
          </Button>
        </div>
        <ul className={css['offers']}>
          <Offer icon={KeyRound} offered={takesKeys}>
            {takesKeys ? 'Sign-in with a key' : 'No sign-in with a key'}
          </Offer>
          {service.methods.includes('browser') && (
            <Offer icon={AppWindow} offered>
              Sign-in by browser
            </Offer>
          )}
          {service.methods.includes('password') && (
            <Offer icon={TextCursorInput} offered>
              Sign-in with a password
            </Offer>
          )}
          {service.provider !== null && (
            <Offer icon={AppWindow} offered>
              Sign-in at <Breakable inSentence>{service.provider.host}</Breakable>
            </Offer>
          )}
          {service.methods.includes('token') && (
            <Offer icon={ClipboardPaste} offered>
              Sign-in with a token
            </Offer>
          )}
          {service.methods.includes('dev-token') && (
            <Offer icon={ClipboardPaste} offered>
              Sign-in with a dev token
            </Offer>
          )}
          <Offer icon={Box} offered={service.hasRegistry}>
            {service.hasRegistry ? 'Container registry' : 'No container registry'}
          </Offer>
          {service.maxTokenTtl !== null && (
            <Offer icon={Timer} offered>
              Tokens up to {durationWords(service.maxTokenTtl)}
            </Offer>
          )}
        </ul>
        <ClockNotice skewSeconds={service.clockSkewSeconds} />
      </div>
    </Card>
  );
}

function Offer(props: { icon: LucideIcon; offered: boolean; children: ReactNode }): ReactNode {
  const Icon = props.icon;
  return (
    <li className={css['offer']} data-offered={props.offered || undefined}>
      <Icon />
      {props.children}
    </li>
  );
}
