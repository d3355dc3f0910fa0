import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { anchor, BESIDE, linkOf } from './links.js'

const root = normalize(join(dirname(fileURLToPath(import.meta.url)), '../..'))
const repository = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).repository

const page = (text, name) => ({ text, link: `/${name}` })

export default {
  title: 'Distributed Task',
  description: 'Each task on exactly one live instance of a Spring Boot application',
  srcDir: '..',
  // only what is in the README, beside it and in docs
  srcExclude: ['*/**/README.md', '!(docs|*.md)/**', '.*/**'],
  rewrites: { ...BESIDE, 'docs/:path*': ':path*' },
  base: process.env.SITE_BASE || '/',
  outDir: './.vitepress/dist',
  cacheDir: './.vitepress/cache',
  lang: 'en-US',
  markdown: {
    anchor: { slugify: anchor },
    config(md) {
      md.core.ruler.push('links', (state) => {
        const file = relative(root, state.env.realPath ?? state.env.path)
        for (const block of state.tokens) {
          for (const token of block.children ?? []) {
            if (token.type === 'link_open') {
              token.attrSet('href', linkOf(token.attrGet('href'), file, repository,
                (path) => existsSync(join(root, path)) && statSync(join(root, path)).isDirectory()))
            }
          }
        }
      })
    }
  },
  vite: {
    plugins: [{
      // pages are outside of this folder, and what they import is in its node_modules
      name: 'resolve-for-pages',
      enforce: 'pre',
      resolveId(id, importer, options) {
        return (/^vue(\/|$)/.test(id) && importer?.endsWith('.md'))
          ? this.resolve(id, join(root, 'site/package.json'), { ...options, skipSelf: true }) : null
      }
    }]
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    socialLinks: [{ icon: 'github', link: repository }],
    nav: [page('Guide', ''), page('Properties', 'configuration'), page('Troubleshooting', 'troubleshooting'),
      page('Changes', 'project/changes')],
    sidebar: [
      { text: 'Start', items: [page('Distributed Task', ''), page('Behavior', 'behavior'),
        page('Coming from ShedLock', 'coming-from-shedlock'), page('Coming from Quartz', 'coming-from-quartz'),
        page('Coming from leader election', 'coming-from-leader-election')] },
      { text: 'Build', items: [page('Configuration', 'configuration'), page('Choosing timeouts', 'choosing-timeouts'),
        page('Assignors', 'assignors'), page('Testing', 'testing'), page('Frameworks beside it', 'frameworks'),
        page('Ahead of time', 'ahead-of-time')] },
      { text: 'Run', items: [page('Kubernetes', 'kubernetes'), page('Security', 'security'),
        page('Monitoring and operations', 'operations'), page('Dashboard', 'dashboard'),
        page('Observability', 'observability'), page('Alerts', 'alerts'), page('Troubleshooting', 'troubleshooting'),
        page('Compatibility', 'compatibility'), page('Upgrading', 'project/upgrading')] },
      { text: 'Understand', items: [page('How it works', 'how-it-works'), page('Reliability', 'reliability'),
        page('Performance', 'performance'), page('Architecture', 'architecture')] },
      { text: 'Contribute', items: [page('Contributing', 'project/contributing'), page('Releasing', 'releasing'),
        page('Reporting a vulnerability', 'project/reporting'), page('Changes', 'project/changes')] }
    ]
  }
}
