using JobQueue.SourceGeneration.Tests.Infrastructure;
using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration.Tests.Generation;

/// <summary>Several assemblies with handlers beside each other.</summary>
public sealed class AssemblyTests
{
    private const string Library = """
        public static class LibraryJobs
        {
            [JobHandler("library")]
            public static Task RunAsync(int number) => Task.CompletedTask;
        }
        """;

    private const string Host = """
        public static class HostJobs
        {
            [JobHandler("host")]
            public static Task RunAsync(int number) => Task.CompletedTask;
        }
        """;

    [Fact]
    public void A_host_uses_the_handlers_of_a_library_that_makes_them_public()
    {
        var host = Compilations.Of("""
            public static class Start
            {
                public static void Add(JobQueueBuilder builder) => builder.AddJobHandlers();
                public static Task<JobId> RunAsync(IJobQueue jobs) => jobs.EnqueueLibraryAsync(1);
            }
            """).AddReferences(Emit("Acme.Library", "public", Library));

        GeneratorRun.On(host).Complaints.Should().BeEmpty();
    }

    [Fact]
    public void A_host_does_not_see_the_handlers_of_a_library_otherwise()
    {
        var host = Compilations.Of(Host, """
            public static class Start
            {
                public static void Add(JobQueueBuilder builder) => builder.AddJobHandlers();
            }
            """).AddReferences(Emit("Acme.Library", null, Library));

        GeneratorRun.On(host).Complaints.Should().BeEmpty();
    }

    [Fact]
    public void Where_both_are_seen_each_has_a_name_of_its_own()
    {
        var host = Compilations.Of(Host, """
            public static class Start
            {
                public static void Add(JobQueueBuilder builder) => builder.AddAcmeLibraryJobHandlers().AddBillingAppJobHandlers();
                public static Task RunAsync(IJobQueue jobs) => Task.WhenAll(jobs.EnqueueLibraryAsync(1), jobs.EnqueueHostAsync(1));
            }
            """).AddReferences(Emit("Acme.Library", "public", Library));

        GeneratorRun.On(host).Complaints.Should().BeEmpty();
    }

    [Fact]
    public void A_project_that_sees_the_internals_of_another_has_the_same_way_out()
    {
        var host = Compilations.Of(Host, """
            public static class Start
            {
                public static void Add(JobQueueBuilder builder) => builder.AddAcmeLibraryJobHandlers().AddBillingAppJobHandlers();
            }
            """).AddReferences(Emit("Acme.Library", "public", "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Billing.App\")]\n" + Library));

        GeneratorRun.On(host).Complaints.Should().BeEmpty();
    }

    [Fact]
    public void An_obsolete_handler_is_generated_without_a_warning() => GeneratorRun.On("""
        public static class Jobs
        {
            [Obsolete("Old jobs only."), JobHandler("old")]
            public static Task RunAsync(int number) => Task.CompletedTask;
        }
        """).Complaints.Should().BeEmpty();

    [Fact]
    public void Code_that_says_nothing_of_null_is_generated_without_a_warning() => GeneratorRun.On("""
        #nullable disable
        public static class Jobs
        {
            [JobHandler("oblivious")]
            public static Task<string> RunAsync(string text, List<string> list, [FromServices] IDisposable service, int number = 1) => Task.FromResult(text);
        }
        """).Complaints.Should().BeEmpty();

    [Fact]
    public void Names_that_hide_the_librarys_are_generated_without_a_warning() => GeneratorRun.On("""
        namespace App.JobQueue
        {
            public static class System
            {
                [JobHandler("hidden")]
                public static Task RunAsync(global::System.Guid id) => Task.CompletedTask;
            }
        }
        """).Complaints.Should().BeEmpty();

    private static MetadataReference Emit(string name, string? access, string source)
    {
        var output = GeneratorRun.On(Compilations.Of(source).WithAssemblyName(name), access).Output;
        using var stream = new MemoryStream();
        output.Emit(stream).Diagnostics.Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Should().BeEmpty();
        stream.Position = 0;
        return MetadataReference.CreateFromStream(stream);
    }
}
