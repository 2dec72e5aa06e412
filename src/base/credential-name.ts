const CREDENTIAL =
  /pass(?:word|wd|phrase)|secret|token|(?:api|access|private)[-_]?key|authorization|cookie|credential/i;

/** Whether what stands under a name (a header, a parameter, a field) is likely to let whoever reads it in. */
export const isCredentialName = (name: string): boolean => CREDENTIAL.test(name);
