import { Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import type { BotSummary } from '../../../contracts/ipc/bots.ts';
import { exactTime } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/dialog.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { Fingerprint } from '../../ui/fingerprint.tsx';
import sheetCss from '../../ui/sheet.module.css';
import { RelativeTime } from '../../ui/time.tsx';
import type { BotDialog } from './bot-dialogs.tsx';

interface BotSheetProps {
  /** The bot to show; null closes the sheet. */
  bot: BotSummary | null;
  onDialog: (dialog: BotDialog) => void;
  onClose: () => void;
}

/** A bot's keys, what it may use, and its end. */
export function BotSheet({ bot, onDialog, onClose }: BotSheetProps): ReactNode {
  return (
    <Sheet opened={bot !== null} onClose={onClose} title={bot?.name ?? 'Bot'}>
      {bot !== null && (
        <div className={sheetCss['sheet']}>
          <FactList
            facts={[
              { name: 'Signs in as', value: <code>{bot.subject}</code> },
              { name: 'Created', value: exactTime(bot.createdAt) },
              { name: 'By', value: bot.createdBy ?? 'An account that is gone' },
            ]}
          />
          <Keys bot={bot} onDialog={onDialog} />
          <MayUse bot={bot} />
          <div className={sheetCss['actions']}>
            <Button kind="danger" onClick={() => onDialog({ kind: 'delete', bot })}>
              Delete bot…
            </Button>
          </div>
        </div>
      )}
    </Sheet>
  );
}

type PartProps = Pick<BotSheetProps, 'onDialog'> & { bot: BotSummary };

function Keys({ bot, onDialog }: PartProps): ReactNode {
  return (
    <section className={sheetCss['part']}>
      <div className={sheetCss['head']}>
        <h3 className={sheetCss['heading']}>Keys</h3>
        <Button size="small" icon={<Plus />} onClick={() => onDialog({ kind: 'key', bot })}>
          New key
        </Button>
      </div>
      {bot.keys.length === 0 && (
        <p className="kh-dim">Without a key the bot cannot sign in. Make one and take it to your CI.</p>
      )}
      {bot.keys.length > 0 && (
        <ul className={sheetCss['list']}>
          {bot.keys.map((key) => (
            <li key={key.kid} className={sheetCss['item']}>
              <span>
                <span className={sheetCss['itemName']}>{key.label}</span>
                <Fingerprint fingerprint={key.fingerprint} />
                <span className={sheetCss['itemNote']}>
                  {key.lastUsedAt === null ? (
                    'Never used'
                  ) : (
                    <>
                      Used <RelativeTime at={key.lastUsedAt} />
                    </>
                  )}
                </span>
              </span>
              <Button
                size="small"
                aria-label={`Revoke ${key.label}`}
                onClick={() => onDialog({ kind: 'revoke', bot, key })}
              >
                Revoke…
              </Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function MayUse({ bot }: { bot: BotSummary }): ReactNode {
  const more = bot.grantCount - bot.grants.length;
  return (
    <section className={sheetCss['part']}>
      <h3 className={sheetCss['heading']}>May use</h3>
      {bot.grants.length === 0 && (
        <p className="kh-dim">No repository yet. Open one under Repositories and authorize the bot there.</p>
      )}
      {bot.grants.length > 0 && (
        <ul className={sheetCss['list']}>
          {bot.grants.map(({ repository, permission, expiresAt }) => (
            <li key={repository} className={sheetCss['item']}>
              <span>
                <span className={sheetCss['itemName']}>
                  <Breakable>{repository}</Breakable>
                </span>
                <span className={sheetCss['itemNote']}>
                  {expiresAt === null ? 'No end' : `Until ${exactTime(expiresAt)}`}
                </span>
              </span>
              <Badge tone={permission === 'writer' ? 'warning' : 'neutral'}>{permission}</Badge>
            </li>
          ))}
        </ul>
      )}
      {more > 0 && (
        <p className="kh-dim">
          And {more} more: each repository’s sheet, under Repositories, names who may use it.
        </p>
      )}
    </section>
  );
}
