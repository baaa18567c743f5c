// Types that several modules share.

@export()
@description('Tags by name.')
type tagSet = { *: string }

@export()
@description('The app\'s user-assigned identity.')
type appIdentity = {
  @description('ARM id.')
  id: string
  @description('What `DefaultAzureCredential` and the Functions host are told.')
  clientId: string
  @description('What roles are assigned to.')
  principalId: string
}
