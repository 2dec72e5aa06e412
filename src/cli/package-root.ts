/** The package's folder, a URL that ends with a slash: two folders up both in `src` and in `dist`, where all chunks lie in `dist/cli`. */
export const packageRoot = new URL('../../', import.meta.url);
