using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Microsoft.Azure.WebJobs.Host.Config;

namespace Gatehouse.ExtensionHost;

/// <summary>Tells the extension the address of its webhook, key included, and hands it the requests that come there.</summary>
public sealed class WebHooks(string url) : IWebHookProvider
{
    public Uri GetUrl(IExtensionConfigProvider extension) => new(url);

    public static async Task AnswerAsync(HttpContext context, DurableTaskExtension extension)
    {
        using var request = ToMessage(context.Request);
        using var answer = await ((IAsyncConverter<HttpRequestMessage, HttpResponseMessage>)extension)
            .ConvertAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        var headers = answer.Content is null ? answer.Headers : answer.Headers.Concat(answer.Content.Headers);
        foreach (var (name, values) in headers) context.Response.Headers[name] = values.ToArray();
        context.Response.Headers.Remove("Transfer-Encoding");
        if (answer.Content is not null) await answer.Content.CopyToAsync(context.Response.Body);
    }

    private static HttpRequestMessage ToMessage(HttpRequest request)
    {
        var address = $"{request.Scheme}://{request.Host}{request.Path}{request.QueryString}";
        var message = new HttpRequestMessage(new HttpMethod(request.Method), address)
        {
            Content = new StreamContent(request.Body),
        };
        foreach (var (name, values) in request.Headers)
            if (!message.Headers.TryAddWithoutValidation(name, values.ToArray()))
                message.Content.Headers.TryAddWithoutValidation(name, values.ToArray());
        return message;
    }
}
