using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using JobQueue.Chaos.Tests.Infrastructure;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace JobQueue.Chaos.Tests.Sequences;

/// <summary>
/// Random sequences of the public operations, with faults, on a host with workers. After each step every job must come to where
/// the <see cref="Model"/> has it, and at the end the store must be as it must be.
/// </summary>
public sealed class SequenceTests(AuditServer auditServer, ITestOutputHelper output) : Scenario(auditServer, output)
{
    /// <summary>Runs this sequence alone: the line that a failure prints.</summary>
    private const string Variable = "JOBQUEUE_CHAOS_SEQUENCE";

    private const int Longest = 16;

    private static readonly TimeSpan Budget = Form.Of(TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(10));
    private static readonly TimeSpan ShrinkBudget = TimeSpan.FromMinutes(3);

    /// <summary>Long enough for a busy machine; when it is known that there is a failure, smaller ones are looked for in less.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(4);

    private readonly long _began = TimeProvider.System.GetTimestamp();
    private (Step[] Steps, string Problem)? _failure;
    private long _failedAt;
    private TimeSpan _slowest;
    private int _sequences;
    private int _steps;

    [Fact]
    public async Task Whatever_is_done_in_whatever_order_each_job_ends_where_the_model_has_it()
    {
        await BeginAsync();
        Assert.SkipWhen(Server.IsGarnet, "Garnet does not end the connections of others.");
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text)
        {
            (await RunAsync(Steps.Read(text), Patience)).Should().BeNull();
            NoAccount();
            return;
        }

        var (seed, gamma) = ((ulong)Random.NextInt64(), (ulong)Random.NextInt64() | 1);
        var runner = new Silent();
        var config = Config.Quick.WithMaxTest(Form.Of(500, 20_000)).WithRunner(runner).WithReplay(new Replay(new Rnd(seed, gamma), FSharpOption<int>.None));
        await Task.Run(() => Check.One(config, Prop.ForAll(Steps.Sequences(Longest), Holds)), TestContext.Current.CancellationToken);

        Say(Figures.Add("sequences", _sequences).Add("steps", _steps).AddSeconds("took", TimeProvider.System.GetElapsedTime(_began)).AddSeconds("slowest", _slowest).ToString());
        if (_failure is { } failure)
        {
            Assert.Fail($"{failure.Problem}\nThe smallest sequence that was found to fail:\n  {string.Join("\n  ", failure.Steps.AsEnumerable())}\n"
                + $"Repeat it with {Variable}=\"{Steps.Write(failure.Steps)}\"");
        }

        runner.HasPassed.Should().BeTrue("FsCheck has found no failure either");
        NoAccount();
    }

    /// <summary>FsCheck runs one sequence after the other on a thread of its own.</summary>
    private bool Holds(Step[] steps)
    {
        var isOver = _failure is null ? TimeProvider.System.GetElapsedTime(_began) > Budget : TimeProvider.System.GetElapsedTime(_failedAt) > ShrinkBudget;
        if (isOver)
        {
            return true;
        }

        _sequences++;
        var began = TimeProvider.System.GetTimestamp();
        var problem = TryAsync(() => RunAsync(steps, _failure is null ? Patience : ShortPatience)).GetAwaiter().GetResult();
        var took = TimeProvider.System.GetElapsedTime(began);
        _slowest = took > _slowest ? took : _slowest;
        if (problem is not null)
        {
            _failedAt = _failure is null ? TimeProvider.System.GetTimestamp() : _failedAt;
            _failure = (steps, problem);
        }

        return problem is null;
    }

    /// <returns>What was not as the model has it; null when all was.</returns>
    private async Task<string?> RunAsync(Step[] steps, TimeSpan patience)
    {
        await using var world = await World.BeginAsync(Server);
        var model = new Model();
        for (var at = 0; at < steps.Length; at++)
        {
            _steps++;
            var differences = await TryAsync(async () => await DoAsync(world, model, steps[at])) ?? "";
            differences = differences.Length > 0 ? differences : await world.CompareAsync(model, patience);
            if (differences.Length > 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"After step {at + 1}, {steps[at]}: {differences}.");
            }
        }

        var violations = await world.VerifyAsync();
        violations = violations.Length > 0 ? violations : await world.CompareAsync(model, patience);
        return violations.Length > 0 ? $"At the end: {violations}" : null;
    }

    /// <summary>An exception is a failure like any other: FsCheck would keep it to itself.</summary>
    private static async Task<string?> TryAsync(Func<Task<string?>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception e) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return "it threw " + e;
        }
    }

    private static async Task<string> DoAsync(World world, Model model, Step step)
    {
        var expected = model.Expects(step);
        if (expected != Expected.Refused && step.Verb is Verb.Enqueue or Verb.Copy)
        {
            world.Close(step.Verb == Verb.Enqueue ? step.Job : step.Target);
        }

        var accepted = await world.DoAsync(step) ?? expected != Expected.Refused;
        if (expected != Expected.Either && accepted != (expected == Expected.Accepted))
        {
            return $"the call must be {expected} and was {(accepted ? Expected.Accepted : Expected.Refused)}";
        }

        if (accepted)
        {
            model.Apply(step);
        }
        else
        {
            model.Refuse(step);
        }

        return "";
    }

    /// <summary>FsCheck's own output is neither for this runner nor readable; the test keeps the last failure itself.</summary>
    private sealed class Silent : IRunner
    {
        public bool HasPassed { get; private set; }

        public void OnStartFixture(Type fixture)
        {
        }

        public void OnArguments(int test, FSharpList<object> arguments, FSharpFunc<int, FSharpFunc<FSharpList<object>, string>> every)
        {
        }

        public void OnShrink(FSharpList<object> arguments, FSharpFunc<FSharpList<object>, string> everyShrink)
        {
        }

        public void OnFinished(string name, FsCheck.TestResult result) => HasPassed = result.IsPassed;
    }
}
