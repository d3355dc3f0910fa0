import { posix } from 'node:path'

/** The pages that are not in docs, and where they are on the site. */
export const BESIDE = {
  'README.md': 'index.md',
  'CHANGELOG.md': 'project/changes.md',
  'CONTRIBUTING.md': 'project/contributing.md',
  'SECURITY.md': 'project/reporting.md',
  'UPGRADING.md': 'project/upgrading.md'
}

/** The anchor of a heading, by GitHub's rule, so that a link works there and here. */
export function anchor(heading) {
  return heading.toLowerCase().replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-')
}

/**
 * Where a link leads on the site: to a page if there is one for the file, else to the file in the repository.
 */
export function linkOf(href, from, repository, isFolder) {
  if (/^([a-z]+:|#|\/)/.test(href)) {
    return href
  }
  const [path, hash] = href.split('#')
  const target = posix.normalize(posix.join(posix.dirname(from), path)).replace(/\/$/, '')
  const suffix = hash ? `#${hash}` : ''
  const page = BESIDE[target] ?? (/^docs\/.*\.md$/.test(target) ? target.slice('docs/'.length) : null)
  if (page) {
    return `/${page.replace(/(index)?\.md$/, '')}${suffix}`
  }
  return `${repository}/${isFolder(target) ? 'tree' : 'blob'}/main/${target}${suffix}`
}
