from tests.client import assert_problem


class TestSuccessor:
    def test_a_library_does_not_replace_itself_by_another_name(self, client, make):
        make.library(slug="numpy", aliases=["np"])
        answer = client.patch("/libraries/numpy", {"replaced_by": "np"})
        assert_problem(answer, 422, pointer="/replaced_by")
