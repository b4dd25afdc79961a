import { Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { BotSummary } from '../../../contracts/ipc/bots.ts';
import { exactTime } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Code } from '../../ui/code.tsx';
import { Sheet } from '../../ui/dialog.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { Fingerprint } from '../../ui/fingerprint.tsx';
import { Item, ItemList, ItemNote, SheetPart } from '../../ui/sheet.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useAccessOrganizations } from '../access/model/list-queries.ts';
import { AccessOf } from '../access/why/what-can.tsx';
import type { BotDialog } from './bot-dialogs.tsx';

interface BotSheetProps {
  context: ContextSummary;
  /** The bot to show; null closes the sheet. */
  bot: BotSummary | null;
  onDialog: (dialog: BotDialog) => void;
  onClose: () => void;
}

/** A bot's keys, what it may use, and its end. */
export function BotSheet({ context, bot, onDialog, onClose }: BotSheetProps): ReactNode {
  return (
    <Sheet opened={bot !== null} onClose={onClose} title={bot?.name ?? 'Bot'}>
      {bot !== null && (
        <div className="kh-stack" data-gap="5">
          <FactList
            facts={[
              {
                name: 'Signs in as',
                value: <Code>{bot.subject}</Code>,
              },
              { name: 'Created', value: exactTime(bot.createdAt) },
              { name: 'By', value: bot.createdBy ?? 'An account that is gone' },
            ]}
          />
          <Keys bot={bot} onDialog={onDialog} />
          <MayUse context={context} bot={bot} onDialog={onDialog} />
          <AccessOf context={context} reference={bot.subject} name={bot.name} organization={bot.org} />
          <div className="kh-row">
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
    <SheetPart
      title="Keys"
      aside={
        <Button size="small" icon={<Plus />} onClick={() => onDialog({ kind: 'key', bot })}>
          New key
        </Button>
      }
    >
      {bot.keys.length === 0 && (
        <p className="kh-dim">Without a key the bot cannot sign in. Make one and take it to your CI.</p>
      )}
      {bot.keys.length > 0 && (
        <ItemList label="Keys">
          {bot.keys.map((key) => (
            <Item
              key={key.kid}
              name={key.label}
              notes={
                <>
                  <Fingerprint fingerprint={key.fingerprint} />
                  <ItemNote>
                    {key.lastUsedAt === null ? (
                      'Never used'
                    ) : (
                      <>
                        Used <RelativeTime at={key.lastUsedAt} />
                      </>
                    )}
                  </ItemNote>
                </>
              }
            >
              <Button
                size="small"
                aria-label={`Revoke ${key.label}`}
                onClick={() => onDialog({ kind: 'revoke', bot, key })}
              >
                Revoke…
              </Button>
            </Item>
          ))}
        </ItemList>
      )}
    </SheetPart>
  );
}

function MayUse({ context, bot, onDialog }: PartProps & { context: ContextSummary }): ReactNode {
  const more = bot.grantCount - bot.grants.length;
  const hasMatrix = useAccessOrganizations(context).some(({ slug }) => slug === bot.org);
  return (
    <SheetPart
      title="May use"
      aside={
        hasMatrix && (
          <Button size="small" onClick={() => onDialog({ kind: 'template', bot })}>
            Use a template…
          </Button>
        )
      }
    >
      {bot.grants.length === 0 && (
        <p className="kh-dim">
          {hasMatrix
            ? 'No repository yet. Use a template, or give it access on Permissions.'
            : 'No repository yet. Open one under Repositories and authorize the bot there.'}
        </p>
      )}
      {bot.grants.length > 0 && (
        <ItemList label="May use">
          {bot.grants.map(({ repository, permission, expiresAt }) => (
            <Item
              key={repository}
              name={repository}
              notes={<ItemNote>{expiresAt === null ? 'No end' : `Until ${exactTime(expiresAt)}`}</ItemNote>}
            >
              <Badge tone={permission === 'writer' ? 'warning' : 'neutral'}>{permission}</Badge>
            </Item>
          ))}
        </ItemList>
      )}
      {more > 0 && (
        <p className="kh-dim">
          And {more} more: each repository’s sheet, under Repositories, names who may use it.
        </p>
      )}
    </SheetPart>
  );
}
