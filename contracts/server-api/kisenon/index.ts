export * from './api-keys.ts';
export * from './events.ts';
export * from './invitations.ts';
export * from './loopback.ts';
export * from './organizations.ts';
export * from './projects.ts';
export * from './session.ts';
