// The node-<platform> packages declare os and cpu as strings; pnpm filters on lists only.
export const hooks = {
  readPackage(pkg) {
    for (const key of ['os', 'cpu']) if (typeof pkg[key] === 'string') pkg[key] = [pkg[key]];
    return pkg;
  },
};
