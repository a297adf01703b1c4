/** Each ip configuration of a NIC or a gateway, with the address that was chosen for it. */
import type { Document, Json, JsonObject } from '../../model/resources/document.ts'

export function ipConfigurations({ id, properties, assigned }: Document, provisioningState: string): Json {
  const configurations = properties.ipConfigurations
  if (!Array.isArray(configurations)) return []
  return configurations.map((configuration: JsonObject) => ({
    ...configuration,
    id: `${id}/ipConfigurations/${configuration.name}`,
    properties: {
      ...(configuration.properties as JsonObject),
      privateIPAddress: assigned.address ?? null,
      provisioningState,
    },
  }))
}
