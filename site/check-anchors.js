// VitePress finds links to pages that do not exist; this finds those to headings and files that do not.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = fileURLToPath(new URL('.vitepress/dist', import.meta.url))
const base = process.env.SITE_BASE || '/'
const pages = new Map(readdirSync(dist, { recursive: true }).filter((file) => file.endsWith('.html'))
  .map((file) => [file, readFileSync(join(dist, file), 'utf8')]))
const ids = new Map([...pages].map(([file, html]) => [file, new Set([...html.matchAll(/ id="([^"]*)"/g)].map((it) => it[1]))]))

let links = 0
const broken = []
for (const [file, html] of pages) {
  for (const [, , href] of html.matchAll(/ (href|src)="([^"]*)"/g)) {
    if (/^([a-z]+:|#$)/.test(href)) {
      continue
    }
    links++
    const [path, hash] = href.split('#')
    const name = path === '' ? file : decodeURI(path.slice(base.length)) || 'index.html'
    const target = [name, `${name}.html`].find((it) => existsSync(join(dist, it)) && it !== '')
    if (!target || (hash && !ids.get(target)?.has(decodeURI(hash)))) {
      broken.push(`${file}: ${href}`)
    }
  }
}
if (broken.length > 0 || links < 500) {
  console.error(`${broken.length} of ${links} links are broken:\n${broken.join('\n')}`)
  process.exit(1)
}
console.log(`${links} links of ${pages.size} pages lead somewhere`)
