/** Replaced by the build with the contract's names (scripts/build.ts). */
declare const CONTRACT_NAMES: import('../contracts/ipc/define.ts').ContractNames;
