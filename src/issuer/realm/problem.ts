/** Something wrong in a realm file. `error`: the realm cannot be used; `warning`: what is named has no effect here. */
export interface RealmProblem {
  readonly severity: 'error' | 'warning';
  /** Where, from the top of the file: `['clients', 3, 'secret']`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Collects problems; all of them are told at once. */
export class ProblemList {
  readonly problems: RealmProblem[] = [];

  error(path: RealmProblem['path'], message: string): void {
    this.problems.push({ severity: 'error', path, message });
  }

  warn(path: RealmProblem['path'], message: string): void {
    this.problems.push({ severity: 'warning', path, message });
  }

  get hasErrors(): boolean {
    return this.problems.some((problem) => problem.severity === 'error');
  }
}
