import { hostname } from 'node:os';

/** This machine's name, as the kernel knows it. */
export const hostName = (): string => hostname();

/** A variable of the process's environment, or undefined. */
export const environmentVariable = (name: string): string | undefined => process.env[name];
