// The Durable extension and its Azure Storage backend, as NuGet has them, under a host of our own: functions run in a
// Node process (../worker.ts), as they do under the Azure Functions host, which this is not.
using Gatehouse.ExtensionHost;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Microsoft.Azure.WebJobs.Host.Config;

var appDirectory = Setting("GATEHOUSE_APP_DIRECTORY");
using var worker = new Worker(new Uri(Setting("GATEHOUSE_WORKER_URL")));
WorkerFunctions.Worker = worker;
var functions = WorkerFunctions.Build(await worker.FunctionsAsync());
var hostJson = HostJson.Read(Path.Combine(appDirectory, "host.json"));
// The extension itself ignores what it has no option for.
var unknown = HostJson.UnknownDurableSettings(hostJson).ToList();
if (unknown.Count > 0)
    throw new InvalidOperationException($"host.json has settings that the extension has no option for: {string.Join(", ", unknown)}");

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = appDirectory });
builder.Logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true)
    .SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Hosting", LogLevel.Warning).AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.Configuration.AddInMemoryCollection(HostJson.AsConfiguration(hostJson));
// What stands in the environment goes before host.json, as AzureFunctionsJobHost__… does in Azure.
builder.Configuration.AddEnvironmentVariables();
builder.Services.AddSingleton<ITypeLocator>(functions);
builder.Services.AddSingleton<IWebHookProvider>(new WebHooks(Setting("GATEHOUSE_WEBHOOK_URL")));
builder.Host.ConfigureWebJobs(webJobs => webJobs.AddDurableTask());
builder.WebHost.UseUrls(Setting("GATEHOUSE_EXTENSION_URL"));
var host = builder.Build();

var extension = host.Services.GetServices<IExtensionConfigProvider>().OfType<DurableTaskExtension>().Single();
host.MapGet("/client", () => ClientBinding.ReadAsync(host.Services.GetRequiredService<IJobHost>()));
host.Map("/runtime/webhooks/durabletask/{**rest}", context => WebHooks.AnswerAsync(context, extension));

// The worker goes, so does its host.
_ = Task.Run(async () =>
{
    while (await Console.In.ReadLineAsync() is not null) { }
    // Storage may have gone as well, and nothing that needs it would ever end.
    using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(8));
    await Task.WhenAny(host.StopAsync(patience.Token), Task.Delay(Timeout.Infinite, patience.Token));
    Environment.Exit(0);
});
await host.RunAsync();

static string Setting(string name) =>
    Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set.");
