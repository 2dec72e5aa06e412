/** What each exit code means, for every command (design: command line). */
export const EXIT = {
  ok: 0,
  ourBug: 1,
  wrongUse: 2,
  configInvalid: 3,
  testsFailed: 4,
  deniedOrNotValid: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
