import createClient from 'openapi-fetch'

export function createTallystick({ url, token, fetch }) {
  const client = createClient({ baseUrl: url, fetch })
  client.use({
    async onRequest({ request }) {
      const credential = typeof token === 'function' ? await token() : token
      if (credential) request.headers.set('Authorization', `Bearer ${credential}`)
      return request
    },
  })
  return client
}
