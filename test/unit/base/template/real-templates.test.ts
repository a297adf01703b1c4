import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json, JsonObject } from '../../../../src/base/template/json.ts'
import { factsFor, GROUP, json, MakeBelieveAzure, object, SUBSCRIPTION } from './azure.ts'
import { foldersOf, hasShared, readShared, skipWithout } from './shared.ts'

/** What a meta.json says of its template. */
interface Meta {
  readonly scope: 'resourceGroup' | 'subscription'
  readonly strictJson: boolean
  readonly setup: readonly { readonly path: string; readonly body: JsonObject }[]
  readonly prerequisiteDeployments: readonly { readonly deploy: string; readonly parameters: Record<string, Json> }[]
  readonly expandsTo: { readonly types: Record<string, number>; readonly nestedDeployments: number }
}

const filled = (text: string) => text.replaceAll('{{SUB}}', SUBSCRIPTION).replaceAll('{{RG}}', 'rg1')

test('each real template expands to what its meta.json says', { skip: skipWithout('templates') }, async t => {
  for (const name of foldersOf('templates')) {
    await t.test(name, () => {
      const meta: Meta = JSON.parse(filled(readShared('templates', name, 'meta.json')))
      const read = (file: string) => json(filled(readShared('templates', name, file)))
      const azure = new MakeBelieveAzure(uri => read(uri.replace('https://example.test/', '')))
      for (const { path, body } of meta.setup) azure.put(path, body)
      const facts = factsFor(meta.scope === 'subscription' ? { subscriptionId: SUBSCRIPTION } : GROUP, name, {
        templateLink: { uri: 'https://example.test/azuredeploy.json' },
      })
      for (const { deploy, parameters } of meta.prerequisiteDeployments) {
        const values = Object.entries(parameters).map(([key, value]) => [key, { value }])
        azure.deploy(read(deploy), Object.fromEntries(values), facts)
      }
      azure.types.length = 0

      const given = hasShared('templates', name, 'azuredeploy.parameters.json')
        ? object(object(read('azuredeploy.parameters.json')).parameters)
        : {}
      azure.deploy(read('azuredeploy.json'), given, facts)
      const counts = Object.fromEntries(
        Object.entries(Object.groupBy(azure.types, type => type)).map(([type, all]) => [type, all?.length]),
      )
      assert.deepEqual(counts, meta.expandsTo.types)
      assert.equal(azure.nestedDeployments, meta.expandsTo.nestedDeployments)
      for (const [id, body] of azure.bodies) {
        if (!id.includes('/deployments/')) assert.doesNotMatch(JSON.stringify(body), /"\[[^"]*\]"/, id)
      }
    })
  }
})
