using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Dashboard.Serving;
using JobQueue.Dashboard.Tests.Infrastructure;

namespace JobQueue.Dashboard.Tests.Serving;

/// <summary>The page and its files, seen from outside.</summary>
public sealed partial class ServingTests(TestServer server)
{
    /// <summary>What the first view may weigh, compressed.</summary>
    private const int MostBytes = 250 * 1024;

    [Theory]
    [InlineData("/", "./")]
    [InlineData("/jobs", "./")]
    [InlineData("/jobs/01a21a79", "../")]
    [InlineData("/dead-letters", "./")]
    [InlineData("/a/b/c", "../../")]
    public async Task Every_path_is_a_page_with_a_base_relative_to_it(string path, string expected)
    {
        await using var host = await DashboardHost.StartAsync(server);

        var page = await host.Client.GetStringAsync(DashboardHost.Path + path, Token);

        page.Should().Contain($"<base href=\"{expected}\" />").And.Contain("content=\"api\"").And.Contain("id=\"root\"");
    }

    [Fact]
    public async Task The_path_without_its_slash_leads_to_the_one_with_it()
    {
        await using var host = await DashboardHost.StartAsync(server);

        using var response = await host.Client.GetAsync(DashboardHost.Path + "?x=1", Token);

        response.StatusCode.Should().Be(HttpStatusCode.Found);
        response.Headers.Location!.ToString().Should().Be("./jobs/?x=1", "a relative address is right behind a proxy too");
    }

    [Fact]
    public async Task Pages_and_files_say_what_may_run_in_them_and_how_long_they_keep()
    {
        await using var host = await DashboardHost.StartAsync(server);
        foreach (var name in PageFiles.Names.Keys.Where(static name => name != PageFiles.Index).Append(""))
        {
            using var response = await host.Client.GetAsync($"{DashboardHost.Path}/{name}", Token);

            response.StatusCode.Should().Be(HttpStatusCode.OK);
            var policy = response.Headers.GetValues("Content-Security-Policy").Single();
            policy.Should().StartWith("default-src 'none'").And.Contain("frame-ancestors 'none'").And.NotContain("unsafe").And.NotContain("http");
            response.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
            response.Headers.GetValues("Referrer-Policy").Should().Equal("same-origin");
            response.Headers.CacheControl!.ToString().Should().Be(name.StartsWith(PageFiles.Hashed, StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache");
            response.Headers.ETag.Should().NotBeNull();
        }
    }

    [Fact]
    public async Task What_a_browser_has_is_not_sent_again()
    {
        await using var host = await DashboardHost.StartAsync(server);
        using var first = await host.Client.GetAsync(DashboardHost.Path + "/", Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, DashboardHost.Path + "/");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var second = await host.Client.SendAsync(request, Token);

        second.StatusCode.Should().Be(HttpStatusCode.NotModified);
        (await second.Content.ReadAsByteArrayAsync(Token)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Files_go_compressed_to_those_who_take_it(string encoding)
    {
        await using var host = await DashboardHost.StartAsync(server);
        var (name, file) = PageFiles.Names.First(static file => file.Key.EndsWith(".js", StringComparison.Ordinal));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{DashboardHost.Path}/{name}");
        request.Headers.AcceptEncoding.ParseAdd(encoding);

        using var response = await host.Client.SendAsync(request, Token);

        response.Content.Headers.ContentEncoding.Should().Equal(encoding);
        var compressed = await response.Content.ReadAsStreamAsync(Token);
        await using Stream plain = encoding == "br" ? new BrotliStream(compressed, CompressionMode.Decompress) : new GZipStream(compressed, CompressionMode.Decompress);
        using var content = new MemoryStream();
        await plain.CopyToAsync(content, Token);
        content.ToArray().Should().Equal(file.Content);
    }

    [Fact]
    public async Task A_head_request_gets_the_head_alone()
    {
        await using var host = await DashboardHost.StartAsync(server);
        using var request = new HttpRequestMessage(HttpMethod.Head, DashboardHost.Path + "/");

        using var response = await host.Client.SendAsync(request, Token);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentLength.Should().BePositive();
    }

    [Theory]
    [InlineData("/assets/none-12345678.js")]
    [InlineData("/favicon.ico")]
    [InlineData("/index.html")]
    [InlineData("/a/b/c/d/e/f/g/h/i/j")]
    public async Task What_is_no_file_of_the_page_is_not_found(string path)
    {
        await using var host = await DashboardHost.StartAsync(server);

        using var response = await host.Client.GetAsync(DashboardHost.Path + path, Token);

        response.StatusCode.Should().Be(HttpStatusCode.NotFound);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
    }

    [Fact]
    public void The_first_view_weighs_little()
    {
        var weight = PageFiles.Names.Values.Sum(static file => file.For([new("br")]).Bytes.Length);

        weight.Should().BeLessThan(MostBytes, "all files of the page together are {0} bytes compressed", weight);
    }

    [Fact]
    public void No_file_has_an_address_of_another_host_to_load_from()
    {
        // Names of XML namespaces, and what error messages of the libraries point to: texts that nothing is loaded from. That nothing is, the browser's tests see.
        string[] texts = ["http://www.w3.org/", "https://react.dev/errors/", "https://www.w3.org/"];

        var addresses = PageFiles.Names
            .Where(static file => Path.GetExtension(file.Key) is ".js" or ".css" or ".html" or ".svg")
            .SelectMany(static file => Address().Matches(System.Text.Encoding.UTF8.GetString(file.Value.Content)).Select(static match => match.Value))
            .Where(address => !Array.Exists(texts, text => address.StartsWith(text, StringComparison.Ordinal)));

        addresses.Should().BeEmpty();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [GeneratedRegex("(https?:)?//[a-zA-Z0-9-]+[.][a-zA-Z0-9.-]+[/a-zA-Z0-9._-]*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Address();
}
