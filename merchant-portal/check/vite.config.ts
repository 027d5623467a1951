import { configureApp } from '../../clients/web/vite-app.ts'

// oxlint-disable-next-line import/no-default-export -- vite asks for one
export default configureApp({ folder: import.meta.dirname, base: '/check/' })
