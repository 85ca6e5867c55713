using System.Text.RegularExpressions;

namespace JobQueue.Packages.Tests;

/// <summary>What a user meets who adds the packages to a new project.</summary>
public sealed partial class ConsumerTests(PackageFeed feed)
{
    private static readonly string[] Works = ["welcomed ann@example.com", "/api/v1/jobs/stats 200", "/jobs/ 200", "/health 200", "/openapi/v1.json 200"];

    [Fact]
    public async Task A_new_project_builds_runs_a_job_and_needs_one_line_where_no_server_is_installed()
    {
        using var project = await ConsumerProject.CreateAsync(feed);
        await project.BuildAsync();
        ShouldWork(await project.RunAsync());

        // A machine that has nothing but .NET, and the packages of this project.
        var bare = new Dictionary<string, string> { ["PATH"] = project.Packages, ["NUGET_PACKAGES"] = project.Packages, ["JOBQUEUE_EMBEDDED"] = "" };
        var without = await project.RunAsync(bare);
        without.ExitCode.Should().NotBe(0);
        without.Output.Should().Contain("JQ5001");
        var line = OneLine().Match(without.Output);
        line.Success.Should().BeTrue("the error shows the line that helps: {0}", without.Output);

        project.AddItem(line.Value);
        await project.BuildAsync();

        ShouldWork(await project.RunAsync(bare));
    }

    private static void ShouldWork((int ExitCode, string Output) run)
    {
        run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Should().Equal(Works);
        run.ExitCode.Should().Be(0);
    }

    [GeneratedRegex("<PackageDownload [^>]*/>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex OneLine();
}
