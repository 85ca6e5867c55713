using JobQueue.Embedded.Tests.Support;

namespace JobQueue.Embedded.Tests;

public sealed class HostEndTests
{
    public static TheoryData<EmbeddedServerKind> Kinds => [.. Enum.GetValues<EmbeddedServerKind>()];

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_host_that_ends_without_disposing_leaves_no_server(EmbeddedServerKind kind)
    {
        Machine.SkipUnlessPresent(kind);
        using var host = await ChildHost.StartAsync(ChildHost.Leave, kind);

        await host.WaitForExitAsync();

        Machine.IsRunning(host.ServerId).Should().BeFalse();
        Directory.Exists(host.WorkingDirectory).Should().BeFalse();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_killed_host_leaves_no_server(EmbeddedServerKind kind)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows a killed host leaves its server behind, as documented.");
        Machine.SkipUnlessPresent(kind);
        using var host = await ChildHost.StartAsync(ChildHost.Wait, kind);
        Machine.IsRunning(host.ServerId).Should().BeTrue();

        host.Kill();

        await Eventually.BecomesTrueAsync(() => !Machine.IsRunning(host.ServerId), "the watch ends the server of a killed host");
        await Eventually.BecomesTrueAsync(() => !Directory.Exists(host.WorkingDirectory), "the watch removes the server's directory");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_data_of_a_killed_host_can_be_used_at_once(EmbeddedServerKind kind)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows a killed host leaves its server behind, as documented.");
        Machine.SkipUnlessPresent(kind);
        using var directory = new TestDirectory();
        using var host = await ChildHost.StartAsync(ChildHost.Wait, kind, directory.FullPath);

        host.Kill();
        await host.WaitForExitAsync();
        await using var server = await Machine.StartAsync(kind, new() { DataDirectory = directory.FullPath });

        server.ProcessId.Should().NotBe(host.ServerId);
        Machine.IsRunning(host.ServerId).Should().BeFalse("the next server waits until the former has written its last data");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_server_is_in_a_session_of_its_own_so_that_Ctrl_C_does_not_reach_it(EmbeddedServerKind kind)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere there is no setsid program; the documentation says what that means.");
        await using var server = await Machine.StartAsync(kind);

        // The fourth field after the program's name, which is in parentheses, is the session.
        var stat = await File.ReadAllTextAsync($"/proc/{server.ProcessId}/stat", TestContext.Current.CancellationToken);
        var session = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3];

        session.Should().Be($"{server.ProcessId}");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_stopped_server_takes_its_watch_with_it(EmbeddedServerKind kind)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc, which is Linux only.");
        var server = await Machine.StartAsync(kind);
        bool IsWatched() => Directory.EnumerateDirectories("/proc").Any(directory => CommandLine(directory).Contains($"jobqueue-embedded-watch\0{server.ProcessId}\0", StringComparison.Ordinal));
        await Eventually.BecomesTrueAsync(IsWatched, "the watch runs beside the server");

        await server.DisposeAsync();

        await Eventually.BecomesTrueAsync(() => !IsWatched(), "a watch without a server could end a stranger");
    }

    private static string CommandLine(string directory)
    {
        try
        {
            return int.TryParse(Path.GetFileName(directory), out _) ? File.ReadAllText(Path.Combine(directory, "cmdline")) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
