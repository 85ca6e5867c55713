using JobQueue.SourceGeneration.Tests.Infrastructure;
using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration.Tests.Generation;

/// <summary>An editor runs the generator after every key; what has not changed costs nothing.</summary>
public sealed class CachingTests
{
    private const string First = """
        public static class First
        {
            [JobHandler("first", Aliases = ["old"], DoNotRetry = [typeof(InvalidOperationException)])]
            [Cron("0 8 * * *", TimeZone = "Europe/Berlin"), Every("00:05:00", Name = "often")]
            public static Task RunAsync([FromServices] IDisposable service, int number = 1, string? text = null) => Task.CompletedTask;
        }
        """;

    private const string Second = """
        public sealed class Second
        {
            [JobHandler("second")]
            public Task<int> RunAsync(Uri address, JobContext job) => Task.FromResult(1);
        }
        """;

    private const string Unrelated = "public static class Unrelated { public static int Number => 1; }";

    private static readonly string[] Steps = [JobHandlerGenerator.HandlerStep, JobHandlerGenerator.HandlersStep, JobHandlerGenerator.AssemblyStep, JobHandlerGenerator.InputStep];

    [Fact]
    public void A_change_of_an_unrelated_file_runs_nothing_again()
    {
        var before = Compilations.Of(First, Second, Unrelated);
        var run = GeneratorRun.On(before);

        var again = run.Again(Edit(before, "Source2.cs", Unrelated.Replace("=> 1", "=> 2", StringComparison.Ordinal)));

        foreach (var step in Steps)
        {
            again.Reasons(step).Should().OnlyContain(static reason => reason == IncrementalStepRunReason.Cached || reason == IncrementalStepRunReason.Unchanged, step);
        }

        ReasonsOfOutputs(again).Should().OnlyContain(static reason => reason == IncrementalStepRunReason.Cached);
        again.Text.Should().Be(run.Text);
    }

    [Fact]
    public void A_change_of_one_handler_changes_its_model_only()
    {
        var before = Compilations.Of(First, Second, Unrelated);
        var run = GeneratorRun.On(before);

        var again = run.Again(Edit(before, "Source0.cs", First.Replace("int number", "long number", StringComparison.Ordinal)));

        again.Reasons(JobHandlerGenerator.HandlerStep).Should().BeEquivalentTo([IncrementalStepRunReason.Modified, IncrementalStepRunReason.Unchanged]);
        again.Files["JobQueue.Args.g.cs"].Should().Contain("record FirstArgs(long Number");
    }

    [Fact]
    public void A_change_of_when_it_recurs_changes_its_model_only()
    {
        var before = Compilations.Of(First, Second, Unrelated);
        var run = GeneratorRun.On(before);

        var again = run.Again(Edit(before, "Source0.cs", First.Replace("0 8 * * *", "0 9 * * *", StringComparison.Ordinal)));

        again.Reasons(JobHandlerGenerator.HandlerStep).Should().BeEquivalentTo([IncrementalStepRunReason.Modified, IncrementalStepRunReason.Unchanged]);
        again.Text.Should().Be(run.Text.Replace("0 8 * * *", "0 9 * * *", StringComparison.Ordinal));
    }

    [Fact]
    public void A_change_of_a_handlers_body_runs_nothing_further()
    {
        var before = Compilations.Of(First, Second);
        var run = GeneratorRun.On(before);

        var again = run.Again(Edit(before, "Source1.cs", "\n\n" + Second.Replace("FromResult(1)", "FromResult(2)", StringComparison.Ordinal)));

        again.Reasons(JobHandlerGenerator.HandlerStep).Should().OnlyContain(static reason => reason == IncrementalStepRunReason.Unchanged);
        ReasonsOfOutputs(again).Should().OnlyContain(static reason => reason == IncrementalStepRunReason.Cached);
    }

    [Fact]
    public void The_order_of_files_does_not_matter()
        => GeneratorRun.On(First, Second).Text.Should().Be(GeneratorRun.On(Second, First).Text);

    [Fact]
    public void A_project_without_handlers_gets_nothing() => GeneratorRun.On(Unrelated).Files.Should().BeEmpty();

    [Fact]
    public void A_project_whose_only_handler_is_invalid_still_has_the_registration()
        => GeneratorRun.On(First.Replace("\"first\"", "\"\"", StringComparison.Ordinal)).Files["JobQueue.Handlers.g.cs"].Should().Contain("AddJobHandlers");

    private static IEnumerable<IncrementalStepRunReason> ReasonsOfOutputs(GeneratorRun run)
        => run.Result.TrackedOutputSteps.SelectMany(static step => step.Value).SelectMany(static step => step.Outputs).Select(static output => output.Reason);

    private static Compilation Edit(Compilation compilation, string file, string source)
    {
        var tree = compilation.SyntaxTrees.Single(tree => tree.FilePath == file);
        return compilation.ReplaceSyntaxTree(tree, Compilations.Parse(source, file));
    }
}
