/** What the system passes when it starts Keyhold at login. */
export const hiddenSwitch = '--at-login';
