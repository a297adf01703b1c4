/** Deployments across lives of the server: taken up, never done twice, cancelled, forgotten with their group. */
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { PaperEngine } from '../../../../src/control/engine/none.ts'
import type { Plan } from '../../../../src/model/plan/plan.ts'
import { Api, templateOf } from '../../../support/api.ts'
import { GROUP, vnet } from '../../../support/world.ts'

/** Builds nothing until it is let go. */
class StuckEngine extends PaperEngine {
  #held: [Plan, number] | null = null
  stuck = true
  override realise(plan: Plan, revision: number): void {
    if (this.stuck) this.#held = [plan, revision]
    else super.realise(plan, revision)
  }
  letGo(): void {
    this.stuck = false
    if (this.#held) super.realise(...this.#held)
  }
}

const NSG = {
  type: 'Microsoft.Network/networkSecurityGroups',
  apiVersion: '2023-09-01',
  name: 'nsg',
  location: 'eastus',
  tags: { by: 'template' },
}
const NET = {
  type: 'Microsoft.Network/virtualNetworks',
  apiVersion: '2023-09-01',
  name: 'net',
  dependsOn: ['nsg'],
  ...vnet(['10.0.0.0/16']),
}
const URL = `${GROUP}/providers/Microsoft.Resources/deployments/d`
const NSG_URL = `${GROUP}/providers/Microsoft.Network/networkSecurityGroups/nsg`

async function begin(engine: StuckEngine, template: object = templateOf([NSG, NET])): Promise<Api> {
  const api = new Api(undefined, engine)
  await api.call('PUT', GROUP, { location: 'eastus' })
  const put = await api.call('PUT', URL, { properties: { mode: 'Incremental', template, parameters: {} } })
  assert.equal(put.status, 201, JSON.stringify(put.body))
  await until(
    async () => (await api.call('GET', `${GROUP}/providers/Microsoft.Network/virtualNetworks/net`)).status === 200,
  )
  return api
}

const stateOf = async (api: Api) =>
  ((await api.call('GET', URL)).body.properties as { provisioningState: string }).provisioningState

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setImmediate(resolve))
}

test('a killed server takes it up, and what a user changed meanwhile stays changed', async () => {
  const api = await begin(new StuckEngine())
  assert.equal(await stateOf(api), 'Running')
  await api.call('PATCH', NSG_URL, { tags: { by: 'user' } })
  const next = new Api(await api.die())
  assert.equal(await stateOf(next), 'Running')
  next.deployer.resume()
  await until(async () => (await stateOf(next)) === 'Succeeded')
  assert.deepEqual((await next.call('GET', NSG_URL)).body.tags, { by: 'user' })
  await next.close()
})

test('a deployment that does not end is cancelled; what it deployed stays', async () => {
  const engine = new StuckEngine()
  const api = await begin(engine)
  assert.equal((await api.call('POST', `${URL}/cancel`)).status, 204)
  assert.equal(await stateOf(api), 'Canceled')
  assert.equal((await api.call('POST', `${URL}/cancel`)).status, 409)
  assert.equal((await api.call('GET', NSG_URL)).status, 200)
  engine.letGo()
  assert.equal(await stateOf(api), 'Canceled')
  const again = await api.call('PUT', URL, {
    properties: { mode: 'Incremental', template: templateOf([NSG]), parameters: {} },
  })
  assert.equal(again.status, 200)
  await until(async () => (await stateOf(api)) === 'Succeeded')
  await api.close()
})

test('while it runs it cannot be replaced or deleted', async () => {
  const api = await begin(new StuckEngine())
  for (const method of ['PUT', 'DELETE']) {
    const answer = await api.call(method, URL, { properties: { mode: 'Incremental', template: templateOf([NSG]) } })
    assert.equal(answer.body.error?.code, 'DeploymentActive')
  }
  await api.close()
})

test('without its seal key it ends as Failed, not Running for ever', async () => {
  const api = await begin(new StuckEngine())
  const directory = await api.die()
  rmSync(path.join(directory, 'seal.key'))
  const next = new Api(directory)
  next.deployer.resume()
  await until(async () => (await stateOf(next)) === 'Failed')
  assert.match(JSON.stringify((await next.call('GET', URL)).body), /DeploymentLost/)
  await next.close()
})

test('a group takes its deployments with it', async () => {
  const engine = new StuckEngine()
  const api = await begin(engine)
  engine.letGo()
  await until(async () => (await stateOf(api)) === 'Succeeded')
  assert.equal((await api.call('DELETE', GROUP)).status, 202)
  await api.call('PUT', GROUP, { location: 'eastus' })
  assert.equal((await api.call('GET', URL)).body.error?.code, 'DeploymentNotFound')
  assert.deepEqual(
    api.plane.store.load().records.filter(({ kind }) => kind === 'deployment' || kind === 'deploymentSource'),
    [],
  )
  await api.close()
})

test('secure parameters are shown nowhere and lie in the store only sealed', async () => {
  const api = new Api(undefined, new StuckEngine())
  await api.call('PUT', GROUP, { location: 'eastus' })
  const template = { ...templateOf([NSG, NET]), parameters: { key: { type: 'securestring' } } }
  await api.call('PUT', URL, {
    properties: { mode: 'Incremental', template, parameters: { key: { value: 'hunter2-secret' } } },
  })
  assert.ok(!JSON.stringify((await api.call('GET', URL)).body).includes('hunter2'))
  assert.ok(!JSON.stringify(api.plane.store.load()).includes('hunter2'))
  await api.close()
})

test('a template of fifty resources in layers is judged at once', async () => {
  const api = new Api()
  await api.call('PUT', GROUP, { location: 'eastus' })
  const layers = Array.from({ length: 50 }, (_, at) => ({
    ...NSG,
    name: `n${at}`,
    dependsOn: Array.from({ length: Math.min(3, at) }, (_, back) => `n${at - 1 - back}`),
  }))
  const started = performance.now()
  const answer = await api.call('POST', `${URL}/validate`, {
    properties: { mode: 'Incremental', template: templateOf(layers) },
  })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  assert.ok(performance.now() - started < 2000)
  await api.close()
})
