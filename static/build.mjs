// Bundles css/app.css, js/app.js and js/charts.js into build/assets, with their fonts. No source maps: their
// comments break hashed file names.
import { build } from "esbuild";

await build({
  entryPoints: { app: "static/js/app.js", charts: "static/js/charts.js", theme: "static/js/theme.js" },
  outdir: "build/assets/js",
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  legalComments: "linked",
  logLevel: "warning",
});
await build({
  entryPoints: { app: "static/css/app.css" },
  outdir: "build/assets/css",
  bundle: true,
  minify: true,
  loader: { ".woff2": "file" },
  assetNames: "../fonts/[name]-[hash]",
  external: ["data:*"],
  legalComments: "linked",
  logLevel: "warning",
});
