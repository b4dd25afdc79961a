export * from './batches.ts';
export * from './matrix.ts';
export * from './primitives.ts';
export * from './requests.ts';
export * from './review.ts';
