// SPDX-License-Identifier: MIT
// For `node -r`: Emscripten's stock glue fetches its .wasm by file path where there is a fetch(), which fails in
// Node.js. The loader in web/lib/loader.js mends that; the cases run over the virtual host, without it.
delete globalThis.fetch;
