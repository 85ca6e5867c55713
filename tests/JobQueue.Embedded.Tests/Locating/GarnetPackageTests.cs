using JobQueue.Embedded.Locating;
using JobQueue.Embedded.Servers;
using JobQueue.Embedded.Tests.Support;

namespace JobQueue.Embedded.Tests.Locating;

public sealed class GarnetPackageTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_highest_version_wins_by_number()
    {
        Restore("2.2.8");
        Restore("10.0.0-preview.1");
        var highest = Restore("10.0.0");
        Restore("9.9.9");

        Find()!.LeadingArguments.Should().Equal(highest);
    }

    [Fact]
    public void A_version_whose_files_are_missing_is_passed_over()
    {
        var complete = Restore("2.2.8");
        Directory.CreateDirectory(_directory.Combine("garnet-server", "3.0.0", "tools", "net10.0", "any", "portable"));

        Find()!.LeadingArguments.Should().Equal(complete);
    }

    [Fact]
    public void The_portable_build_runs_on_dotnet()
    {
        Restore("2.2.8");

        var location = Find()!;

        location.Kind.Should().Be(EmbeddedServerKind.Garnet);
        Path.GetFileNameWithoutExtension(location.FileName).Should().Be("dotnet");
        location.Display.Should().Be($"Garnet ({location.LeadingArguments[0]})");
    }

    [Fact]
    public void Where_it_runs_the_native_build_is_taken_first()
    {
        var native = ServerLocator.Find(EmbeddedServerKind.Garnet, ServerEnvironment.Read());
        Assert.SkipUnless(native?.LeadingArguments.Count == 0, "Garnet's native build is not for this machine or not restored.");

        native!.FileName.Should().EndWith(Path.Combine("linux-x64", "GarnetServer"));
    }

    [Fact]
    public void Without_the_package_there_is_nothing_to_find() => Find().Should().BeNull();

    [Fact]
    public async Task The_portable_build_starts_and_answers()
    {
        Machine.SkipUnlessPresent(EmbeddedServerKind.Garnet);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a symbolic link, which Windows grants to few users.");
        var restored = ServerLocator.Find(EmbeddedServerKind.Garnet, ServerEnvironment.Read())!;
        var any = Path.GetDirectoryName(Path.GetDirectoryName(restored.LeadingArguments.Count == 0 ? restored.FileName : restored.LeadingArguments[0]))!;
        Directory.CreateDirectory(_directory.Combine("garnet-server", "2.2.8", "tools", "net10.0", "any"));
        Directory.CreateSymbolicLink(_directory.Combine("garnet-server", "2.2.8", "tools", "net10.0", "any", "portable"), Path.Combine(any, "portable"));
        var environment = Machine.EnvironmentOf(EmbeddedServerKind.Garnet) with { PackagesDirectory = _directory.FullPath };

        await using var server = await EmbeddedRedis.StartAsync(new(), environment, FreePort.Find, TestContext.Current.CancellationToken);

        server.Server.Should().Be(EmbeddedServerKind.Garnet);
        (await server.SendWithoutPasswordAsync("PING")).Should().StartWith("-NOAUTH");
    }

    [Theory]
    [InlineData("2.2.8", "2.2.10")]
    [InlineData("2.2.8", "10.0.0")]
    [InlineData("2.2.8-preview", "2.2.8")]
    [InlineData("2.2.8-a", "2.2.8-b")]
    [InlineData("not a version", "0.0.1")]
    public void Versions_are_ordered_by_number_and_releases_above_previews(string lower, string higher)
    {
        PackageVersionComparer.Instance.Compare(lower, higher).Should().BeNegative();
        PackageVersionComparer.Instance.Compare(higher, lower).Should().BePositive();
        PackageVersionComparer.Instance.Compare(lower, lower).Should().Be(0);
    }

    private ServerLocation? Find() => GarnetPackage.Find(new ServerEnvironment(null, [], _directory.FullPath));

    private string Restore(string version)
    {
        var assembly = _directory.Combine("garnet-server", version, "tools", "net10.0", "any", "portable", "GarnetServer.dll");
        Directory.CreateDirectory(Path.GetDirectoryName(assembly)!);
        File.WriteAllText(assembly, "");
        return assembly;
    }
}
