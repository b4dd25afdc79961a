export * from './batches.ts';
export * from './credentials.ts';
export * from './grants.ts';
export * from './matrix.ts';
export * from './primitives.ts';
export * from './requests.ts';
export * from './review.ts';
export * from './templates.ts';
