import { useQuery } from '@tanstack/react-query';
import { UserCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { SettingList, SwitchRow } from '../../ui/setting-list.tsx';
import { useChangeSettings, useSettings } from '../settings/use-settings.ts';
import { rulesQuery } from './queries.ts';
import { RuleTable } from './rule-table.tsx';

/** Which programs may use which contexts, and whether Keyhold asks about the others. */
export function ApprovalsPage(): ReactNode {
  const rules = useQuery(rulesQuery);
  const settings = useSettings();
  const asks = settings.data?.settings.askBeforeUse === true;
  return (
    <Page title="Approvals" lead="What Podman, skopeo, scripts and others may use without you.">
      {settings.isError && <ErrorNotice error={settings.error} retry={() => void settings.refetch()} />}
      {settings.isPending && <LinesSkeleton lines={2} />}
      {settings.isSuccess && <AskSetting asks={asks} />}
      <Section title="Remembered answers">
        <RuleTable
          list={rules}
          empty={
            <EmptyState picture={<UserCheck />} title="No answer is remembered">
              {asks
                ? 'Keyhold asks about every program. Answers that you let it remember show up here.'
                : 'Keyhold does not ask: every program of yours may use every context while the vault is unlocked.'}
            </EmptyState>
          }
        />
      </Section>
    </Page>
  );
}

function AskSetting({ asks }: { asks: boolean }): ReactNode {
  const change = useChangeSettings();
  return (
    <SettingList>
      <SwitchRow
        label="Ask before a program uses a context"
        description="For credentials, and for tokens on the command line and from the tray. Without an answer within a minute, the use is denied."
        on={asks}
        busy={change.isPending}
        onChange={(askBeforeUse) => {
          change.mutate({ askBeforeUse });
        }}
      />
    </SettingList>
  );
}
