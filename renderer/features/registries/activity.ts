import { CircleUserRound, FileCheck, FileMinus, PackageCheck, PackageX, Stethoscope } from 'lucide-react';
import { look, type ActivityLooks } from '../../lib/activity-look.ts';

export const registryActivity = {
  'registry.set_up': look('Registry set up', FileCheck),
  'registry.undone': look('Registry’s set-up undone', FileMinus),
  'registry.account_chosen': look('Account for a registry chosen', CircleUserRound),
  'doctor.mended': look('Mended by the Doctor', Stethoscope),
  'helper.credential_given': look('Credential handed out', PackageCheck),
  'helper.refused': look('Credential refused', PackageX, 'warning'),
} satisfies Partial<ActivityLooks>;
