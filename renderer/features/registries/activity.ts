import { CircleUserRound, FileCheck, FileMinus, PackageCheck, PackageX, Stethoscope } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const registryActivity = {
  'registry.set_up': display('Registry set up', FileCheck),
  'registry.undone': display('Registry’s set-up undone', FileMinus),
  'registry.account_chosen': display('Account for a registry chosen', CircleUserRound),
  'doctor.mended': display('Mended by the Doctor', Stethoscope),
  'helper.credential_given': display('Credential handed out', PackageCheck),
  'helper.refused': display('Credential refused', PackageX, 'warning'),
} satisfies Partial<ActivityDisplays>;
