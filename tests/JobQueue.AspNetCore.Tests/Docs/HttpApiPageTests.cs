using System.Diagnostics;
using System.Text.RegularExpressions;
using JobQueue.AspNetCore.Tests.Infrastructure;
using JobQueue.Core.Tests.Docs;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.AspNetCore.Tests.Docs;

/// <summary>docs/http-api.md keeps its word.</summary>
public sealed partial class HttpApiPageTests(TestServer server)
{
    private const string Address = "http://localhost:5000";

    private static readonly string Page = Repository.Read("docs", "http-api.md");

    [Fact]
    public void Every_code_block_compiles()
    {
        Page.Split('\n')[2].Should().StartWith("You need this when ");
        var blocks = CodeBlocks.Of(Page);

        blocks.Should().HaveCountGreaterThan(1);
        blocks.Should().AllSatisfy(static block => CodeBlocks.Compile(block).Should().BeEmpty($"this block of http-api.md compiles:\n{block}"));
    }

    [Fact]
    public async Task Every_curl_line_answers_with_the_status_above_it()
    {
        Assert.SkipUnless(await CanRunAsync(), "There is no sh with curl here, so the lines of docs/http-api.md were not run.");
        await using var host = await ApiHost.StartAsync(server);
        var id = (await host.PostAsync("/jobs/enqueue", new { name = "echo" }, 201)).GetProperty("job_id").GetString()!;
        var dead = (await host.PostAsync("/jobs/enqueue", new { name = "fail" }, 201)).GetProperty("job_id").GetString()!;
        await host.UntilAsync(id, "completed");
        await host.UntilAsync(dead, "failed");
        var lines = Line().Matches(Page);
        lines.Should().HaveCountGreaterThan(15).And.HaveCount(Page.Split("\ncurl ").Length - 1, "each has its status");

        foreach (Match line in lines)
        {
            var command = line.Groups["command"].Value
                .Replace(Address, host.Client.BaseAddress!.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
                .Replace("send_email", "echo", StringComparison.Ordinal);
            var (output, _) = await RunAsync($"curl -s -o /dev/null -w '%{{http_code}}' {command}", ("id", id), ("dead", dead));

            output.Should().Be(line.Groups["status"].Value, $"this line says so: curl {line.Groups["command"].Value}");
        }
    }

    private static async Task<bool> CanRunAsync()
    {
        try
        {
            return (await RunAsync("curl --version")).ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static async Task<(string Output, int ExitCode)> RunAsync(string command, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("sh", ["-c", command]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await Eventually.EndsAsync(Task.WhenAll(output, errors, process.WaitForExitAsync(TestContext.Current.CancellationToken)));
        return (await output, process.ExitCode);
    }

    [GeneratedRegex("^# (?<status>[0-9]{3}): .*\ncurl (?<command>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Line();
}
