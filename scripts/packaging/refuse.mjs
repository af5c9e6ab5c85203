// What `vsce package` and `vsce publish` run first here: they would put every platform's files into one package, or only this one's.
console.error(
  'Make packages with: npm run package [-- TARGET …]. It calls vsce for each platform with the files that it needs.',
);
process.exitCode = 1;
