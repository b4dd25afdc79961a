import type { Screen } from './screens.ts';
import { click, visit } from './steps.ts';

export const doctorScreens: readonly Screen[] = [
  { name: 'doctor', scene: 'active', go: visit('Registries', click(/^Doctor/)) },
  { name: 'doctor-troubles', scene: 'doctorTroubles', go: visit('Registries', click(/^Doctor/)) },
  { name: 'doctor-long', scene: 'doctorLong', go: visit('Registries', click(/^Doctor/)) },
  { name: 'doctor-failed', scene: 'doctorFails', go: visit('Registries', click(/^Doctor/)) },
  { name: 'doctor-running', scene: 'doctorRuns', go: visit('Registries', click(/^Doctor/)) },
  {
    name: 'doctor-mending',
    scene: 'doctorMends',
    go: visit(
      'Registries',
      click(/^Doctor/),
      click('Remove password: Stored password for registry.acme.example'),
    ),
  },
  {
    name: 'registries-preview-docker',
    scene: 'active',
    go: visit('Registries', click('Set up Docker for registry.staging.acme.example')),
  },
];
