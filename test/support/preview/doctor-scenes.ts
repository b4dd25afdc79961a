import { sampleFindings, sampleTroubles } from '../world-doctor.ts';
import type { World } from '../world.ts';

const { password, variable, docker, service } = sampleTroubles;

const longHost = 'very-long-registry-name.eu-central-1.containers.platform.acme-industries.example:8443';
const deepFile = `/home/ada/${'projects/acme-industries/'.repeat(4)}.config/containers/auth.json`;

/** What the Doctor finds. */
export const doctorScenes = {
  doctorTroubles: () => ({ findings: [password, variable, docker, ...sampleFindings()] }),
  doctorLong: () => ({
    findings: [
      {
        ...password,
        id: 'password:session:long',
        subject: `Stored password for ${longHost}`,
        found: `It lies in plain text in ${deepFile}.`,
      },
      {
        ...variable,
        mend: { ...variable.mend, command: `sed -i.bak '/credential-helpers.*=/d' ${deepFile}` },
      },
      { ...service, id: 'sign_in:long', subject: `Sign-in to ${longHost}` },
      ...sampleFindings(),
    ],
  }),
  doctorFails: () => ({ failures: { 'doctor.run': { code: 'storage_failed' } } }),
  doctorRuns: () => ({ hanging: ['doctor.run'] }),
  doctorMends: () => ({
    findings: [password, variable, docker, ...sampleFindings()],
    hanging: ['doctor.mend'],
  }),
} satisfies Readonly<Record<string, () => Partial<World>>>;
