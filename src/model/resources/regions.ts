/** Azure's public regions, by name. */

/** Where Dedicated HSM is offered (azure-facts A4.5). */
export const HSM_REGIONS: readonly string[] =
  'eastus eastus2 westus westus2 canadaeast canadacentral southcentralus southeastasia centralindia southindia japaneast japanwest northeurope westeurope uksouth ukwest australiaeast australiasoutheast switzerlandnorth switzerlandwest usgovvirginia usgovtexas'.split(
    ' ',
  )

/** Where networks and machines may be. */
export const REGIONS: readonly string[] = [
  ...HSM_REGIONS,
  ...'centralus northcentralus westcentralus westus3 mexicocentral brazilsouth brazilsoutheast chilecentral francecentral francesouth germanywestcentral germanynorth italynorth norwayeast norwaywest polandcentral spaincentral swedencentral swedensouth austriaeast eastasia koreacentral koreasouth westindia jioindiawest jioindiacentral malaysiawest indonesiacentral newzealandnorth australiacentral australiacentral2 southafricanorth southafricawest uaenorth uaecentral qatarcentral israelcentral usgovarizona usgoviowa usdodeast usdodcentral'.split(
    ' ',
  ),
]
