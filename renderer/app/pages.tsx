import type { ReactNode } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { RepositoriesPage } from '../features/grants/repositories-page.tsx';
import { ActivityPage } from '../features/activity/activity-page.tsx';
import { ApprovalsPage } from '../features/approvals/approvals-page.tsx';
import { BotsPage } from '../features/bots/bots-page.tsx';
import { AddContextPage } from '../features/contexts/add-context-page.tsx';
import { WithContext } from '../features/contexts/with-context.tsx';
import { KeysPage } from '../features/keys/keys-page.tsx';
import { RegistrationPage } from '../features/keys/registration-page.tsx';
import { RegistriesPage } from '../features/registries/registries-page.tsx';
import { SettingsPage } from '../features/settings/settings-page.tsx';
import { StatusPage } from '../features/status/status-page.tsx';
import { TokensPage } from '../features/tokens/tokens-page.tsx';

/** The pages by their address. Pages of the context group start anew when another context becomes the current one. */
export function Pages(): ReactNode {
  return (
    <Routes>
      <Route path="/status" element={<WithContext title="Status" page={StatusPage} />} />
      <Route path="/status/register" element={<WithContext title="Register key" page={RegistrationPage} />} />
      <Route path="/keys" element={<WithContext title="Keys" page={KeysPage} />} />
      <Route path="/tokens" element={<WithContext title="Tokens" page={TokensPage} />} />
      <Route path="/registries" element={<WithContext title="Registries" page={RegistriesPage} />} />
      <Route path="/repositories" element={<WithContext title="Repositories" page={RepositoriesPage} />} />
      <Route path="/bots" element={<WithContext title="Bots" page={BotsPage} />} />
      <Route path="/contexts/new" element={<AddContextPage />} />
      <Route path="/activity" element={<ActivityPage />} />
      <Route path="/approvals" element={<ApprovalsPage />} />
      <Route path="/settings" element={<SettingsPage />} />
      <Route path="*" element={<Navigate to="/status" replace />} />
    </Routes>
  );
}
