using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using JobQueue.AspNetCore.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace JobQueue.AspNetCore.Tests.Access;

/// <summary>Who may call, seen from outside.</summary>
public sealed class AccessTests(TestServer server)
{
    private const string Stats = ApiHost.Base + "/jobs/queue/stats";

    [Fact]
    public async Task This_machine_may_call()
    {
        await using var host = await ApiHost.StartAsync(server);

        await host.GetAsync("/jobs/queue/stats");
    }

    [Theory]
    [InlineData("Forwarded", "for=10.0.0.1")]
    [InlineData("X-Forwarded-For", "10.0.0.1")]
    [InlineData("X-Forwarded-Whatever", "x")]
    [InlineData("X-Real-IP", "10.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("Host", "rebound.example.com")]
    [InlineData("Host", "localhost.example.com:5080")]
    public async Task What_a_proxy_forwards_or_a_rebound_name_sends_is_refused(string header, string value)
    {
        await using var host = await ApiHost.StartAsync(server);
        using var request = new HttpRequestMessage(HttpMethod.Get, Stats);
        request.Headers.TryAddWithoutValidation(header, value);

        (await host.SendAsync(request, 403)).GetProperty("detail").GetString().Should().Contain("RequireAuthorization");
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("")]
    public async Task A_remote_caller_or_one_without_an_address_is_refused(string remote)
    {
        await using var host = await ApiHost.StartAsync(server, pipeline: app => app.Use((HttpContext context, RequestDelegate next) =>
        {
            context.Connection.RemoteIpAddress = remote.Length == 0 ? null : System.Net.IPAddress.Parse(remote);
            return next(context);
        }));

        await host.GetAsync("/jobs/queue/stats", 403);
        await host.GetAsync("/jobs/nothing", 403);
    }

    [Fact]
    public async Task A_host_opens_it_knowingly()
    {
        await using var host = await ApiHost.StartAsync(server, conventions: static api => api.AllowAnonymous());
        using var request = new HttpRequestMessage(HttpMethod.Get, Stats);
        request.Headers.Add("X-Forwarded-For", "10.0.0.1");

        await host.SendAsync(request, 200);
    }

    [Fact]
    public async Task Reads_and_writes_may_have_policies_of_their_own()
    {
        await using var host = await ApiHost.StartAsync(
            server,
            static api => (api.ReadPolicy, api.WritePolicy) = ("see", "change"),
            services: static services =>
            {
                services.AddAuthentication("name").AddScheme<AuthenticationSchemeOptions, NameHandler>("name", null);
                services.AddAuthorizationBuilder().AddPolicy("see", static policy => policy.RequireAuthenticatedUser()).AddPolicy("change", static policy => policy.RequireUserName("boss"));
            },
            pipeline: static app => app.UseAuthentication().UseAuthorization());

        (await StatusAsync(host, HttpMethod.Get, "/jobs/queue/stats", user: null)).Should().Be(401);
        (await StatusAsync(host, HttpMethod.Get, "/jobs/queue/stats", "clerk")).Should().Be(200);
        (await StatusAsync(host, HttpMethod.Delete, "/jobs/dlq", "clerk")).Should().Be(403);
        (await StatusAsync(host, HttpMethod.Delete, "/jobs/dlq", "boss")).Should().Be(200);
    }

    [Fact]
    public async Task A_read_only_api_has_no_endpoint_that_changes_something()
    {
        await using var host = await ApiHost.StartAsync(server, static api => api.ReadOnly = true);

        await host.GetAsync("/jobs/queue/stats");
        await host.PostAsync("/jobs", new { job_type = "echo" }, 405);
        await host.PostAsync("/jobs/enqueue", new { name = "echo" }, 405);
        await host.DeleteAsync("/jobs/dlq", 405);
    }

    [Theory]
    [InlineData("cross-site", null, 403)]
    [InlineData("same-site", null, 403)]
    [InlineData("same-origin", null, 200)]
    [InlineData("none", null, 200)]
    [InlineData("cross-site", "https://ops.example.com", 200)]
    [InlineData(null, "https://evil.example.com", 403)]
    [InlineData(null, "null", 403)]
    public async Task What_a_page_of_another_site_makes_a_browser_send_is_refused(string? site, string? origin, int status)
    {
        await using var host = await ApiHost.StartAsync(server, static api => api.AllowedOrigins.Add("https://ops.example.com"));
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Delete })
        {
            using var request = new HttpRequestMessage(method, ApiHost.Base + "/jobs/dlq");
            _ = site is not null && request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", site);
            _ = origin is not null && request.Headers.TryAddWithoutValidation("Origin", origin);

            await host.SendAsync(request, status);
        }
    }

    [Fact]
    public async Task A_page_of_the_hosts_own_origin_may_call_where_browsers_say_no_more()
    {
        await using var host = await ApiHost.StartAsync(server);
        using var request = new HttpRequestMessage(HttpMethod.Delete, ApiHost.Base + "/jobs/dlq");
        request.Headers.Add("Origin", host.Client.BaseAddress!.GetLeftPart(UriPartial.Authority));

        await host.SendAsync(request, 200);
    }

    [Fact]
    public async Task Secrets_are_taken_out_and_an_edit_that_leaves_them_alone_keeps_them()
    {
        await using var host = await ApiHost.StartAsync(server, static api => api.Redact = static part =>
        {
            if (part is { Part: RedactedPart.Args, Value: JsonObject args } && args.ContainsKey("password"))
            {
                args["password"] = "***";
            }

            return part.Part == RedactedPart.Error ? "an error" : part.Value;
        });
        var id = (await host.PostAsync("/jobs/enqueue", new { name = "fail", args = new { user = "a", password = "secret" } }, 201)).GetProperty("job_id").GetString()!;
        var job = await host.UntilAsync(id, "failed");
        job.GetProperty("args").GetRawText().Should().Be("""{"user":"a","password":"***"}""");
        job.GetRawText().Should().NotContain("broken").And.NotContain("secret");

        await host.PostAsync($"/jobs/dlq/{id}/retry", new { args = new { user = "b", password = "***" } });

        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(JobId.Parse(id)))!.Attempts.Count == 2, "it has run again");
        Encoding.UTF8.GetString((await host.Jobs.GetAsync(JobId.Parse(id)))!.Args.Span).Should().Be("""{"user":"b","password":"secret"}""");
    }

    [Fact]
    public async Task Options_outside_their_rules_stop_the_mapping()
    {
        var size = () => ApiHost.StartAsync(server, static api => api.MaxBodyBytes = 1);
        var origin = () => ApiHost.StartAsync(server, static api => api.AllowedOrigins.Add("https://a.example.com/path"));

        (await size.Should().ThrowAsync<InvalidOperationException>()).WithMessage("*MaxBodyBytes is 1*");
        (await origin.Should().ThrowAsync<InvalidOperationException>()).WithMessage("*no origin*");
    }

    private static async Task<int> StatusAsync(ApiHost host, HttpMethod method, string path, string? user)
    {
        using var request = new HttpRequestMessage(method, ApiHost.Base + path);
        _ = user is not null && request.Headers.TryAddWithoutValidation("X-User", user);
        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }

    /// <summary>Believes whoever says a name.</summary>
    private sealed class NameHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var name = Request.Headers["X-User"].ToString();
            return Task.FromResult(name.Length == 0
                ? AuthenticateResult.NoResult()
                : AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], "name")), "name")));
        }
    }
}
