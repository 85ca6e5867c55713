using System.Reflection;
using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Diagnostics;

namespace JobQueue.Core.Tests.Diagnostics;

public sealed class ErrorsTests
{
    private static readonly JobId Id = JobId.Parse("0123456789abcdef0123456789abcd00");

    [Fact]
    public void Every_text_is_as_it_was()
    {
        var texts = new StringBuilder();
        foreach (var error in All().OrderBy(static error => error.Message, StringComparer.Ordinal))
        {
            texts.Append(error.GetType().Name).Append('\n').Append(error.Message).Append("\n\n");
        }

        Golden.Verify(texts.ToString(), "errors.golden.txt");
    }

    [Fact]
    public void Every_id_is_used_once_and_has_a_page()
    {
        var ids = All().Select(static error => error.Message.Split(':')[0]).ToList();

        ids.Should().OnlyHaveUniqueItems().And.OnlyContain(id => id.Length == 6 && id.StartsWith("JQ"));
        foreach (var id in ids)
        {
            Repository.Read("docs", "diagnostics", id + ".md").Should().StartWith($"# {id}: ");
            Repository.Read("docs", "diagnostics", "README.md").Should().Contain($"[{id}]({id}.md)");
        }
    }

    private static IEnumerable<Exception> All() => typeof(Errors)
        .GetMethods(BindingFlags.Public | BindingFlags.Static)
        .Select(static method => (Exception)method.Invoke(null, [.. method.GetParameters().Select(Sample)])!);

    /// <summary>A value for a parameter, by its type.</summary>
    private static object? Sample(ParameterInfo parameter) => parameter.ParameterType switch
    {
        var type when type == typeof(string) => "the-" + parameter.Name,
        var type when type == typeof(int) || type == typeof(int?) => 1_234,
        var type when type == typeof(long) => 2_345_678L,
        var type when type == typeof(double) => 1.5,
        var type when type == typeof(bool) => true,
        var type when type == typeof(Type) => typeof(Numbered),
        var type when type == typeof(JobId) => Id,
        var type when type == typeof(TimeSpan) => TimeSpan.FromMinutes(90),
        var type when type == typeof(DateTimeOffset) => DateTimeOffset.UnixEpoch,
        var type when type == typeof(TimeOnly) => new TimeOnly(8, 0, 0, 5),
        var type when type == typeof(JobPriority) => (JobPriority)9,
        var type when type == typeof(JobState) => JobState.Running,
        var type when type == typeof(IReadOnlyList<JobId>) => new[] { Id },
        var type when type == typeof(JobQueueUnavailableException) => Errors.Unavailable("enqueue", new TimeoutException("no answer")),
        var type when type == typeof(TooFewReplicasException) => new TooFewReplicasException(found: 1, wanted: 2, TimeSpan.FromSeconds(4)),
        var type when type == typeof(Exception) => new InvalidOperationException("the cause\nand a second line"),
        var type when type == typeof(Job) => new Job
        {
            Id = Id,
            Name = "the-job",
            Queue = "default",
            Priority = JobPriority.Normal,
            State = JobState.Dead,
            Args = default,
            CreatedAt = DateTimeOffset.UnixEpoch,
            Attempts = [],
            Reason = "the reason",
        },
        var type => throw new InvalidOperationException($"No sample for {type}."),
    };
}
