import { createContext } from 'react';

/** Something that leaves what is being worked on, and what it is for the user. */
export interface Leave {
  how: 'lock' | 'switch';
  go: () => void;
}

/** Asks first where something is prepared and not made; otherwise goes at once. */
export const LeavingContext = createContext<(leave: Leave) => void>(({ go }) => go());
