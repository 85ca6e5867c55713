using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Embedded;

namespace JobQueue.Core.Tests.PublicApi;

/// <summary>
/// What users can see changes on purpose only. After a wanted change run these tests with JOBQUEUE_UPDATE_GOLDEN=1 and read
/// the difference as a user would: a line that is gone, or changed, breaks somebody's build.
/// </summary>
public sealed class PublicApiTests
{
    /// <summary>More than this and a newcomer no longer finds the ones that matter; raised on purpose only (docs/decisions/006).</summary>
    private const int MostTypes = 66;

    [Fact]
    public void The_public_api_of_Core_is_as_it_was() => Golden.Verify(PublicApiText.Of(typeof(IJobQueue).Assembly), "JobQueue.Core.golden.txt");

    [Fact]
    public void The_public_api_of_Embedded_is_as_it_was() => Golden.Verify(PublicApiText.Of(typeof(EmbeddedRedis).Assembly), "JobQueue.Embedded.golden.txt");

    [Fact]
    public void Core_has_few_public_types() => typeof(IJobQueue).Assembly.GetExportedTypes().Should().HaveCountLessThanOrEqualTo(MostTypes);
}
