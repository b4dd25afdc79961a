import { defaultSettings } from '../../../contracts/domain/settings.ts';
import { sampleChange, sampleQuestion, sampleRule, timeFromNow } from '../samples.ts';
import type { World } from '../world.ts';

const asking: Partial<World> = {
  settings: {
    settings: { ...defaultSettings, askBeforeUse: true },
    startAtLogin: false,
    tray: true,
    setAside: false,
  },
};

const deepPath = `/home/maya/${'projects/acme-industries/'.repeat(4)}node_modules/.bin/deploy-everything-to-production`;

const rules: World['rules'] = [
  sampleRule({ id: '3b241101-e2bb-4255-8caf-4136c566a902', holds: 'time', endsAt: timeFromNow(12 * 60) }),
  sampleRule({
    id: '3b241101-e2bb-4255-8caf-4136c566a903',
    program: 'bash',
    path: '/usr/bin/bash',
    holds: 'lock',
    contextName: 'Staging',
  }),
  sampleRule(),
  sampleRule({
    id: '3b241101-e2bb-4255-8caf-4136c566a904',
    program: 'deploy-everything-to-production',
    path: deepPath,
    verdict: 'deny',
    contextName: 'Production Europe (Frankfurt) primary',
  }),
];

/** What programs may use, and the questions about them. */
export const approvalScenes = {
  approvalRules: () => ({ ...asking, rules }),
  approvalsOn: () => asking,
  approvalsFail: () => ({ ...asking, failures: { 'approvals.rules': { code: 'internal' } } }),
  askCredential: () => ({ questions: [sampleQuestion()] }),
  askMany: () => ({
    questions: [
      sampleQuestion({
        requests: 50,
        contextName: 'Production Europe (Frankfurt) primary',
        purpose: 'token',
        life: 900,
        host: 'very-long-registry-name.eu-central-1.containers.platform.acme-industries.example:8443',
        caller: { program: 'deploy-everything-to-production', path: deepPath, parents: [] },
      }),
      sampleQuestion(),
      sampleQuestion(),
    ],
  }),
  askUnknown: () => ({ questions: [sampleQuestion({ caller: null })] }),
  askTray: () => ({ questions: [sampleQuestion({ purpose: 'tray_copy', life: 86_400, caller: null })] }),
  askStop: () => ({ questions: [sampleChange({ kind: 'stop_asking' })] }),
  askForget: () => ({
    questions: [
      sampleChange({
        kind: 'forget_denial',
        program: 'deploy-everything-to-production',
        contextName: 'Production Europe (Frankfurt) primary',
      }),
    ],
  }),
  askFails: () => ({
    questions: [sampleQuestion()],
    failures: { 'prompt.answer': { code: 'storage_failed' } },
  }),
} satisfies Readonly<Record<string, () => Partial<World>>>;
