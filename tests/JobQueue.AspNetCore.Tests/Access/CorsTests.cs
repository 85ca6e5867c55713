using System.Text;
using JobQueue.AspNetCore.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace JobQueue.AspNetCore.Tests.Access;

/// <summary>A front end elsewhere: the host gives its origin a CORS policy and the API its name, and no other origin gets through.</summary>
public sealed class CorsTests(TestServer server)
{
    private const string Ours = "https://ops.example.com";
    private const string Theirs = "https://evil.example.com";

    [Theory]
    [InlineData("/jobs/enqueue", "POST")]
    [InlineData("/jobs/dlq", "GET")]
    [InlineData("/jobs/failed/clear", "DELETE")]
    [InlineData("/scheduled-jobs/nightly", "PUT")]
    public async Task A_browser_that_asks_first_is_told_whether_the_origin_may_call(string path, string method)
    {
        await using var host = await StartAsync();

        (await AskAsync(host, Ours, path, method)).Should().Be(Ours);
        (await AskAsync(host, Theirs, path, method)).Should().BeNull();
    }

    [Fact]
    public async Task The_call_itself_works_from_the_origin_and_from_no_other()
    {
        await using var host = await StartAsync();

        using var ours = await CallAsync(host, Ours);
        using var theirs = await CallAsync(host, Theirs);

        ((int)ours.StatusCode, (int)theirs.StatusCode).Should().Be((201, 403));
        ours.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal(Ours);
        theirs.Headers.Contains("Access-Control-Allow-Origin").Should().BeFalse();
        (await host.Monitor.GetCountsAsync()).TotalEnqueued.Should().Be(1);
    }

    private Task<ApiHost> StartAsync() => ApiHost.StartAsync(
        server,
        static api => api.AllowedOrigins.Add(Ours),
        services: static services => services.AddCors(static cors => cors.AddPolicy("ops", static policy => policy.WithOrigins(Ours).AllowAnyMethod().AllowAnyHeader())),
        conventions: static mapped => mapped.RequireCors("ops"),
        pipeline: static app => app.UseCors());

    /// <summary>The origin that the answer to a preflight lets call; null when there is none.</summary>
    private static async Task<string?> AskAsync(ApiHost host, string origin, string path, string method)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, ApiHost.Base + path);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", method);
        request.Headers.Add("Access-Control-Request-Headers", "content-type");
        using var answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.IsSuccessStatusCode && answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var allowed) ? allowed.Single() : null;
    }

    private static async Task<HttpResponseMessage> CallAsync(ApiHost host, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, ApiHost.Base + "/jobs/enqueue") { Content = new StringContent("""{"name":"echo"}""", Encoding.UTF8, "application/json") };
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        return await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
