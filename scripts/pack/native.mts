/**
 * The newest symbol versions that the oldest target has: Enterprise Linux 9 with glibc 2.34 and the libstdc++ of
 * GCC 11 (GLIBCXX_3.4.29, CXXABI_1.3.13). Enterprise Linux 10 has glibc 2.39.
 */
const NEWEST = { GLIBC: [2, 34], GLIBCXX: [3, 4, 29], CXXABI: [1, 3, 13] } as const;

const SYMBOL_VERSION = /\((GLIBC|GLIBCXX|CXXABI)_([0-9.]+)\)/;
/** Of the C libraries that there are, the one of Enterprise Linux. */
const OTHER_LIBRARY = /^libc\.musl/;

/**
 * Of what a package needs (`rpm -q --requires`, which rpm reads from its programs), what the oldest target lacks.
 * @returns those lines, as rpm writes them
 */
export function tooNew(requires: readonly string[]): string[] {
  return requires.filter((line) => {
    if (OTHER_LIBRARY.test(line)) return true;
    const [, family, version] = SYMBOL_VERSION.exec(line) ?? [];
    if (family === undefined || version === undefined) return false;
    return newer(version.split('.').map(Number), NEWEST[family as keyof typeof NEWEST]);
  });
}

function newer(version: readonly number[], than: readonly number[]): boolean {
  const at = version.findIndex((part, index) => part !== (than[index] ?? 0));
  return at !== -1 && (version[at] ?? 0) > (than[at] ?? 0);
}
