// SPDX-License-Identifier: MIT
// Stands in for tests/web/api/factory.mjs in a page: the server links, and the glue is brought in as in any page, as a
// module or by a script tag.
async function link(request) {
  const response = await fetch('/link', { method: 'POST', body: JSON.stringify(request) });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()).path;
}

async function loadScript(src) {
  const script = Object.assign(document.createElement('script'), { src });
  await new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${src} cannot be loaded`));
    document.head.append(script);
  });
  const create = globalThis.Module;
  globalThis.Module = undefined;
  return create;
}

export async function factory(name, place, flags = ['-O3'], over) {
  const all = ['-sALLOW_MEMORY_GROWTH', '-sMODULARIZE', ...flags];
  const program = `/build/${await link({ name, flags: all, place, over })}`;
  const create = program.endsWith('.mjs') ? (await import(program)).default : await loadScript(program);
  const response = await fetch(program.replace(/\.m?js$/, '.wasm'));
  const bytes = response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined; // none: they are in the file
  return Object.assign(create, { program, wasm: () => bytes });
}
