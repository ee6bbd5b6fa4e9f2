export const hooks = {
  // The node-<platform> packages declare os and cpu as strings; pnpm filters on lists only.
  readPackage(pkg) {
    for (const key of ['os', 'cpu']) if (typeof pkg[key] === 'string') pkg[key] = [pkg[key]];
    return pkg;
  },
  // The web pages hold everything that they were built from.
  beforePacking(pkg) {
    if (pkg.name === '@tth/inspector') delete pkg.dependencies;
    delete pkg.devDependencies;
    delete pkg.scripts;
    delete pkg.tsdown;
    return pkg;
  },
};
